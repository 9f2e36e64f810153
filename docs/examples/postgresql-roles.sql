-- Once, as a superuser: two roles and the database. citizen_owner migrates, backs up and does the background work; citizen_web is
-- whom the server runs as. CREATEDB lets a backup be restored into a scratch database when it is verified.
--   psql -v owner_password="'…'" -v web_password="'…'" -f docs/examples/postgresql-roles.sql
CREATE ROLE citizen_owner LOGIN CREATEDB PASSWORD :owner_password;
CREATE ROLE citizen_web LOGIN PASSWORD :web_password;
CREATE DATABASE citizen OWNER citizen_owner ENCODING 'UTF8' TEMPLATE template0;
REVOKE CONNECT, TEMPORARY ON DATABASE citizen FROM PUBLIC;
GRANT CONNECT ON DATABASE citizen TO citizen_web;
