"""The form that samplers carry: one task a screen, kept on the phone until there is signal.

In: what a sampler records at the sampling point. Out: events of custody, each once however often it is sent.
"""
