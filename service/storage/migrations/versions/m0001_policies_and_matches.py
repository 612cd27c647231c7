"""Policies, enterprises, their versions, reference tables, matches and vectors."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    revisions = op.create_table(
        "revisions",
        sa.Column("name", sa.String(30), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_revisions"),
    )
    op.bulk_insert(revisions, [{"name": "catalogue", "value": 0}])
    op.create_table(
        "policies",
        sa.Column("id", sa.String(80), nullable=False),
        sa.Column("current_version", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("region", sa.String(20), nullable=False),
        sa.Column("is_sample", sa.Boolean(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_policies"),
    )
    op.create_table(
        "policy_versions",
        sa.Column("policy_id", sa.String(80), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("content_hash", sa.String(64), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("policy_id", "version", name="pk_policy_versions"),
        sa.ForeignKeyConstraint(["policy_id"], ["policies.id"], name="fk_policy_versions_policy"),
    )
    op.create_table(
        "enterprises",
        sa.Column("code", sa.String(18), nullable=False),
        sa.Column("name", sa.Text()),
        sa.Column("county", sa.String(6)),
        sa.Column("current_version", sa.Integer(), nullable=False),
        sa.Column("is_sample", sa.Boolean(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("code", name="pk_enterprises"),
    )
    op.create_table(
        "profile_versions",
        sa.Column("enterprise", sa.String(18), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("content_hash", sa.String(64), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("enterprise", "version", name="pk_profile_versions"),
        sa.ForeignKeyConstraint(["enterprise"], ["enterprises.code"], name="fk_profile_enterprise"),
    )
    op.create_table(
        "reference_tables",
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("fingerprint", name="pk_reference_tables"),
    )
    op.create_table(
        "matches",
        sa.Column("id", sa.String(16), nullable=False),
        sa.Column("enterprise", sa.String(18), nullable=False),
        sa.Column("profile_version", sa.Integer(), nullable=False),
        sa.Column("policy_id", sa.String(80), nullable=False),
        sa.Column("policy_version", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.String(80), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("outcome", sa.String(20), nullable=False),
        sa.Column("window_state", sa.String(20), nullable=False),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_matches"),
        sa.ForeignKeyConstraint(
            ["enterprise", "profile_version"],
            ["profile_versions.enterprise", "profile_versions.version"],
            name="fk_matches_profile",
        ),
        sa.ForeignKeyConstraint(
            ["policy_id", "policy_version"],
            ["policy_versions.policy_id", "policy_versions.version"],
            name="fk_matches_policy",
        ),
        sa.ForeignKeyConstraint(["fingerprint"], ["reference_tables.fingerprint"], name="fk_matches_reference"),
    )
    op.create_table(
        "match_runs",
        sa.Column("enterprise", sa.String(18), nullable=False),
        sa.Column("profile_version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("catalogue_revision", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint(
            "enterprise", "profile_version", "catalogue_revision", "day", "fingerprint", name="pk_match_runs"
        ),
        sa.ForeignKeyConstraint(
            ["enterprise", "profile_version"],
            ["profile_versions.enterprise", "profile_versions.version"],
            name="fk_match_runs_profile",
        ),
    )
    op.create_table(
        "vectors",
        sa.Column("encoder_id", sa.String(200), nullable=False),
        sa.Column("content_hash", sa.String(64), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("encoder_id", "content_hash", name="pk_vectors"),
    )


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead: going back would lose data")
