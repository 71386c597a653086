"""Assay's engine: brings a stack up, drives work, breaks things, heals them, judges and reports.

The engine knows no application, no fault and no world by import. It finds them by the names in ``[tool.assay]`` of
``pyproject.toml``, so the same engine tries somebody else's workflows.
"""
