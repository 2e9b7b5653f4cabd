"""Addresses of this room."""

from __future__ import annotations

from django.urls import path

from headworks.web.operations.custody import pages as custody
from headworks.web.operations.custody import receive_pages
from headworks.web.operations.field import pages as field
from headworks.web.operations.field import sync
from headworks.web.operations.laboratory import control_pages
from headworks.web.operations.laboratory.batches import pages as batches
from headworks.web.operations.laboratory.exports import pages as exports
from headworks.web.operations.laboratory.releases import pages as releases
from headworks.web.operations.laboratory.rounds import pages as rounds
from headworks.web.operations.laboratory.screening import pages as screening
from headworks.web.operations.laboratory.screening import send_pages
from headworks.web.operations.plan import pages as plan
from headworks.web.operations.plan import route_pages

urlpatterns = [
    path("operations/", custody.overview, name="operations"),
    path("operations/samples/", custody.samples, name="operations-samples"),
    path("operations/samples/add/", route_pages.add, name="operations-add"),
    path("operations/samples/<str:sample_id>/", custody.sample, name="operations-sample"),
    path("operations/samples/<str:sample_id>/event/", custody.say_event, name="operations-event"),
    path("operations/photos/<str:sha256>/", custody.photo, name="operations-photo"),
    path("operations/receive/", receive_pages.receive, name="operations-receive"),
    path("operations/plans/", plan.plans, name="operations-plans"),
    path("operations/plans/file/", plan.from_file, name="operations-plan-file"),
    path("operations/plans/<int:number>/", plan.calendar, name="operations-plan"),
    path("operations/plans/<int:number>/plan.csv", plan.download, name="operations-plan-csv"),
    path("operations/routes/", route_pages.routes, name="operations-routes"),
    path("operations/labels/", route_pages.labels, name="operations-labels"),
    path("release/", batches.desk, name="release"),
    path("release/batches/<int:number>/", batches.batch, name="release-batch"),
    path("release/batches/<int:number>/samples/", batches.add, name="release-batch-samples"),
    path("release/batches/<int:number>/results/", batches.results, name="release-batch-results"),
    path("release/batches/<int:number>/review/", batches.reviewed, name="release-batch-review"),
    path("release/batches/<int:number>/verdict/", batches.verdict, name="release-batch-verdict"),
    path("release/batches/<int:number>/propose/", releases.propose, name="release-propose"),
    path("release/batches/<int:number>/exports/", exports.send, name="export-send"),
    path("release/exports/<int:number>/", exports.export, name="export"),
    path("release/exports/<int:number>/say/", exports.say, name="export-say"),
    path("release/exports/<int:number>/decide/", exports.decide, name="export-decide"),
    path("release/exports/<int:number>/take/", exports.take, name="export-take"),
    path("release/exports/<int:number>/report/", exports.report, name="export-report"),
    path("release/screening/", screening.queue, name="screening"),
    path("release/screening/files/", send_pages.sending, name="screening-send"),
    path("release/screening/files/send/", send_pages.send, name="screening-sent"),
    path("release/screening/files/<str:sha256>/remove/", send_pages.remove, name="screening-library-remove"),
    path("release/screening/<str:hit>/", screening.hit, name="screening-hit"),
    path("release/screening/<str:hit>/decide/", screening.decide, name="screening-decide"),
    path("release/controls/", control_pages.controls, name="controls"),
    path("release/rounds/", rounds.rounds, name="rounds"),
    path("release/rounds/send/", rounds.send, name="rounds-send"),
    path("release/<int:number>/", releases.release, name="release-one"),
    path("release/<int:number>/decide/", releases.decide, name="release-decide"),
    path("release/samples/<str:sample_id>/correct/", releases.correct, name="release-correct"),
    path("field/", field.tasks, name="field"),
    path("field/shell/", field.shell, name="field-shell"),
    path("field/tasks.json", sync.tasks, name="field-tasks"),
    path("field/events/", sync.events, name="field-events"),
    path("field/photos/", sync.photos, name="field-photos"),
    path("field/<str:sample_id>/", field.task, name="field-task"),
    path("service-worker.js", field.service_worker, name="field-worker"),
    path("manifest.webmanifest", field.manifest, name="field-manifest"),
]
