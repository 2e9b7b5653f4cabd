"""Addresses of this room."""

from __future__ import annotations

from django.urls import path

from headworks.web.operations.custody import pages as custody
from headworks.web.operations.custody import receive_pages
from headworks.web.operations.field import pages as field
from headworks.web.operations.field import sync
from headworks.web.operations.laboratory import (
    batch_pages,
    control_pages,
    instrument_pages,
    release_pages,
    screening_pages,
    screening_send_pages,
)
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
    path("release/", batch_pages.desk, name="release"),
    path("release/batches/<int:number>/", batch_pages.batch, name="release-batch"),
    path("release/batches/<int:number>/samples/", batch_pages.add, name="release-batch-samples"),
    path("release/batches/<int:number>/results/", batch_pages.results, name="release-batch-results"),
    path("release/batches/<int:number>/review/", batch_pages.reviewed, name="release-batch-review"),
    path("release/batches/<int:number>/verdict/", batch_pages.verdict, name="release-batch-verdict"),
    path("release/batches/<int:number>/propose/", release_pages.propose, name="release-propose"),
    path("release/batches/<int:number>/exports/", instrument_pages.send, name="export-send"),
    path("release/exports/<int:number>/", instrument_pages.export, name="export"),
    path("release/exports/<int:number>/say/", instrument_pages.say, name="export-say"),
    path("release/exports/<int:number>/decide/", instrument_pages.decide, name="export-decide"),
    path("release/exports/<int:number>/take/", instrument_pages.take, name="export-take"),
    path("release/exports/<int:number>/report/", instrument_pages.report, name="export-report"),
    path("release/screening/", screening_pages.queue, name="screening"),
    path("release/screening/files/", screening_send_pages.sending, name="screening-send"),
    path("release/screening/files/send/", screening_send_pages.send, name="screening-sent"),
    path("release/screening/files/<str:sha256>/remove/", screening_send_pages.remove, name="screening-library-remove"),
    path("release/screening/<str:hit>/", screening_pages.hit, name="screening-hit"),
    path("release/screening/<str:hit>/decide/", screening_pages.decide, name="screening-decide"),
    path("release/controls/", control_pages.controls, name="controls"),
    path("release/<int:number>/", release_pages.release, name="release-one"),
    path("release/<int:number>/decide/", release_pages.decide, name="release-decide"),
    path("release/samples/<str:sample_id>/correct/", release_pages.correct, name="release-correct"),
    path("field/", field.tasks, name="field"),
    path("field/shell/", field.shell, name="field-shell"),
    path("field/tasks.json", sync.tasks, name="field-tasks"),
    path("field/events/", sync.events, name="field-events"),
    path("field/photos/", sync.photos, name="field-photos"),
    path("field/<str:sample_id>/", field.task, name="field-task"),
    path("service-worker.js", field.service_worker, name="field-worker"),
    path("manifest.webmanifest", field.manifest, name="field-manifest"),
]
