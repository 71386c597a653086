"""The replay corpus: one history per status and path of a workflow, recorded on a real server.

`make histories` records it again; do that only when a change of the workflow is meant to leave running executions
behind, because the old files are what running executions look like.
"""
