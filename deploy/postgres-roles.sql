-- The four roles and the database of one house. Run by the server's administrator, as often as you like:
--   OWNER_PASSWORD=… APP_PASSWORD=… MIXER_PASSWORD=… READER_PASSWORD=… psql -X -v ON_ERROR_STOP=1 -f deploy/postgres-roles.sql postgres
-- Passwords come from the environment, since a command line can be read by everybody on the machine.
-- phieu_owner makes and changes tables (`manage.py prepare`); phieu_app serves; phieu_mix alone takes ballots out of
-- the box; phieu_ro reads figures. What the last three may do with each table is granted by `prepare`, from surveys/database/grants.py.
\set owner_password ''
\set app_password ''
\set mixer_password ''
\set reader_password ''
\getenv owner_password OWNER_PASSWORD
\getenv app_password APP_PASSWORD
\getenv mixer_password MIXER_PASSWORD
\getenv reader_password READER_PASSWORD

SET log_statement = 'none';
SET log_min_error_statement = 'panic';

SELECT format('CREATE ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS', wanted)
FROM unnest(ARRAY['phieu_owner', 'phieu_app', 'phieu_mix', 'phieu_ro']) AS wanted
WHERE NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = wanted) \gexec

SELECT format('ALTER ROLE %I PASSWORD %L', name, password)
FROM (VALUES ('phieu_owner', :'owner_password'), ('phieu_app', :'app_password'),
             ('phieu_mix', :'mixer_password'), ('phieu_ro', :'reader_password'))
     AS given (name, password)
WHERE password <> '' \gexec

SELECT 'CREATE DATABASE phieu OWNER phieu_owner ENCODING ''UTF8'' TEMPLATE template0'
WHERE NOT EXISTS (SELECT 1 FROM pg_database WHERE datname = 'phieu') \gexec

REVOKE ALL ON DATABASE phieu FROM PUBLIC;
GRANT CONNECT ON DATABASE phieu TO phieu_app, phieu_mix, phieu_ro;
-- A slow look at figures must not hold up the counters.
ALTER ROLE phieu_ro IN DATABASE phieu SET default_transaction_read_only = on;
ALTER ROLE phieu_ro IN DATABASE phieu SET statement_timeout = '60s';
-- A commit is on the disk before a receipt is shown; no line of a log ties an answer to a moment.
ALTER DATABASE phieu SET synchronous_commit = 'on';
ALTER DATABASE phieu SET log_statement = 'none';
ALTER DATABASE phieu SET log_min_duration_statement = -1;
ALTER DATABASE phieu SET log_parameter_max_length = 0;
ALTER DATABASE phieu SET log_parameter_max_length_on_error = 0;

\connect phieu
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT ALL ON SCHEMA public TO phieu_owner;
GRANT USAGE ON SCHEMA public TO phieu_app, phieu_mix, phieu_ro;
