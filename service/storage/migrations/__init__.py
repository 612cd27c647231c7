"""Alembic migrations, shipped with the package and run by `Database.upgrade`. Revisions are never edited once released."""
