"""timetables and boardings."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from citizen_app.toolkit.data import Id, Json, UtcDateTime

revision = "bus_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "bus_boardings",
        sa.Column("id", Id, nullable=False),
        sa.Column("citizen_ref", sa.String(length=64), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=True),
        sa.Column("route_gtfs_id", sa.Text(), nullable=True),
        sa.Column("line_zh", sa.Text(), nullable=False),
        sa.Column("line_en", sa.Text(), nullable=False),
        sa.Column("direction", sa.SmallInteger(), nullable=True),
        sa.Column("headsign_zh", sa.Text(), nullable=True),
        sa.Column("headsign_en", sa.Text(), nullable=True),
        sa.Column("stop_gtfs_id", sa.Text(), nullable=True),
        sa.Column("stop_zh", sa.Text(), nullable=True),
        sa.Column("stop_en", sa.Text(), nullable=True),
        sa.Column("vehicle", sa.String(length=40), nullable=True),
        sa.Column("kiosk_id", Id, nullable=False),
        sa.Column("tapped_on", sa.String(length=40), nullable=False),
        sa.Column("fare_class", sa.String(length=20), nullable=False),
        sa.Column("fare", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("occurred_at", UtcDateTime(), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bus_boardings")),
    )
    op.create_index(
        op.f("ix_bus_boardings_citizen_ref_id"), "bus_boardings", ["citizen_ref", "id"], unique=False
    )
    op.create_index(
        op.f("ix_bus_boardings_citizen_ref_tapped_on_occurred_at"),
        "bus_boardings",
        ["citizen_ref", "tapped_on", "occurred_at"],
        unique=False,
    )
    op.create_table(
        "bus_feed_versions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("language", sa.String(length=35), nullable=False),
        sa.Column("timezone", sa.String(length=64), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=True),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("max_departure", sa.Integer(), nullable=False),
        sa.Column("counts", Json, nullable=False),
        sa.Column("report", Json, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("activated_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bus_feed_versions")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "uq_bus_feed_versions_active",
        "bus_feed_versions",
        ["status"],
        unique=True,
        sqlite_where=sa.text("status = 'active'"),
        postgresql_where=sa.text("status = 'active'"),
    )
    op.create_table(
        "bus_riders",
        sa.Column("citizen_ref", sa.String(length=64), nullable=False),
        sa.Column("tapped_on", sa.String(length=40), nullable=False),
        sa.Column("tapped_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("citizen_ref", name=op.f("pk_bus_riders")),
    )
    op.create_table(
        "bus_stop_times",
        sa.Column("version_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("trip_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("run", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("stop_sequence", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("stop_id", sa.Integer(), nullable=False),
        sa.Column("arrival", sa.Integer(), nullable=False),
        sa.Column("departure", sa.Integer(), nullable=False),
        sa.Column("pickup_type", sa.SmallInteger(), nullable=False),
        sa.Column("drop_off_type", sa.SmallInteger(), nullable=False),
        sa.Column("boardable", sa.Boolean(), nullable=False),
        sa.Column("approximate", sa.Boolean(), nullable=False),
        sa.Column("headway_secs", sa.Integer(), nullable=True),
        sa.Column("headsign_zh", sa.Text(), nullable=True),
        sa.Column("headsign_en", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint(
            "version_id", "trip_id", "run", "stop_sequence", name=op.f("pk_bus_stop_times")
        ),
    )
    op.create_index(
        op.f("ix_bus_stop_times_version_id_stop_id_departure"),
        "bus_stop_times",
        ["version_id", "stop_id", "departure"],
        unique=False,
        sqlite_where=sa.text("boardable = 1"),
        postgresql_where=sa.text("boardable"),
    )
    op.create_table(
        "bus_calendar_dates",
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Text(), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("exception_type", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["bus_feed_versions.id"],
            name=op.f("fk_bus_calendar_dates_version_id_bus_feed_versions"),
        ),
        sa.PrimaryKeyConstraint("version_id", "service_id", "date", name=op.f("pk_bus_calendar_dates")),
    )
    op.create_table(
        "bus_calendars",
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Text(), nullable=False),
        sa.Column("weekdays", sa.SmallInteger(), nullable=False),
        sa.Column("start_date", sa.Date(), nullable=False),
        sa.Column("end_date", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["bus_feed_versions.id"],
            name=op.f("fk_bus_calendars_version_id_bus_feed_versions"),
        ),
        sa.PrimaryKeyConstraint("version_id", "service_id", name=op.f("pk_bus_calendars")),
    )
    op.create_table(
        "bus_directions",
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("route_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("direction", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("headsigns", Json, nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["bus_feed_versions.id"],
            name=op.f("fk_bus_directions_version_id_bus_feed_versions"),
        ),
        sa.PrimaryKeyConstraint("version_id", "route_id", "direction", name=op.f("pk_bus_directions")),
    )
    op.create_table(
        "bus_line_stops",
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("route_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("direction", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("stop_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["bus_feed_versions.id"],
            name=op.f("fk_bus_line_stops_version_id_bus_feed_versions"),
        ),
        sa.PrimaryKeyConstraint(
            "version_id", "route_id", "direction", "position", name=op.f("pk_bus_line_stops")
        ),
    )
    op.create_index(
        op.f("ix_bus_line_stops_version_id_stop_id"),
        "bus_line_stops",
        ["version_id", "stop_id"],
        unique=False,
    )
    op.create_table(
        "bus_routes",
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("gtfs_id", sa.Text(), nullable=False),
        sa.Column("name_zh", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("long_name_zh", sa.Text(), nullable=False),
        sa.Column("long_name_en", sa.Text(), nullable=False),
        sa.Column("route_type", sa.SmallInteger(), nullable=False),
        sa.Column("color", sa.String(length=6), nullable=False),
        sa.Column("text_color", sa.String(length=6), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"], ["bus_feed_versions.id"], name=op.f("fk_bus_routes_version_id_bus_feed_versions")
        ),
        sa.PrimaryKeyConstraint("version_id", "id", name=op.f("pk_bus_routes")),
        sa.UniqueConstraint("version_id", "gtfs_id", name=op.f("uq_bus_routes_version_id_gtfs_id")),
    )
    op.create_table(
        "bus_stops",
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("gtfs_id", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name_zh", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("location_type", sa.SmallInteger(), nullable=False),
        sa.Column("parent", sa.Text(), nullable=False),
        sa.Column("platform_code", sa.Text(), nullable=False),
        sa.Column("wheelchair_boarding", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"], ["bus_feed_versions.id"], name=op.f("fk_bus_stops_version_id_bus_feed_versions")
        ),
        sa.PrimaryKeyConstraint("version_id", "id", name=op.f("pk_bus_stops")),
        sa.UniqueConstraint("version_id", "gtfs_id", name=op.f("uq_bus_stops_version_id_gtfs_id")),
    )
    op.create_index(
        op.f("ix_bus_stops_version_id_parent"), "bus_stops", ["version_id", "parent"], unique=False
    )
    op.create_table(
        "bus_trips",
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("gtfs_id", sa.Text(), nullable=False),
        sa.Column("route_id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Text(), nullable=False),
        sa.Column("direction_id", sa.SmallInteger(), nullable=True),
        sa.Column("headsign_zh", sa.Text(), nullable=False),
        sa.Column("headsign_en", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"], ["bus_feed_versions.id"], name=op.f("fk_bus_trips_version_id_bus_feed_versions")
        ),
        sa.PrimaryKeyConstraint("version_id", "id", name=op.f("pk_bus_trips")),
        sa.UniqueConstraint("version_id", "gtfs_id", name=op.f("uq_bus_trips_version_id_gtfs_id")),
    )


def downgrade() -> None:
    op.drop_table("bus_trips")
    op.drop_index(op.f("ix_bus_stops_version_id_parent"), table_name="bus_stops")
    op.drop_table("bus_stops")
    op.drop_table("bus_routes")
    op.drop_index(op.f("ix_bus_line_stops_version_id_stop_id"), table_name="bus_line_stops")
    op.drop_table("bus_line_stops")
    op.drop_table("bus_directions")
    op.drop_table("bus_calendars")
    op.drop_table("bus_calendar_dates")
    op.drop_index(
        op.f("ix_bus_stop_times_version_id_stop_id_departure"),
        table_name="bus_stop_times",
        sqlite_where=sa.text("boardable = 1"),
        postgresql_where=sa.text("boardable"),
    )
    op.drop_table("bus_stop_times")
    op.drop_table("bus_riders")
    op.drop_index(
        "uq_bus_feed_versions_active",
        table_name="bus_feed_versions",
        sqlite_where=sa.text("status = 'active'"),
        postgresql_where=sa.text("status = 'active'"),
    )
    op.drop_table("bus_feed_versions")
    op.drop_index(op.f("ix_bus_boardings_citizen_ref_tapped_on_occurred_at"), table_name="bus_boardings")
    op.drop_index(op.f("ix_bus_boardings_citizen_ref_id"), table_name="bus_boardings")
    op.drop_table("bus_boardings")
