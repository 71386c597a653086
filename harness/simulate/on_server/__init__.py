"""A plan of the simulator on a real Temporal server: does what was broken there break here, too?

The same company in memory, asked for the same at the same instants, in real time; its workflows and activities are the
SDK's workers' to run. The faults of the plan strike at the same places: an attempt of an activity, a call of the API, a
request to the world. Data flow: plan → **trial** → record, judged by the same checks. What cannot be carried over is
named, and the plan is then not tried (``carried``).
"""
