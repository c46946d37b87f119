-- Beside deploy/postgres-roles.sql, as the superuser: what /readyz and /metrics ask of a cluster. The product's own roles see
-- nothing in pg_stat_replication, and pg_monitor would show them everybody's statements.
\connect phieu
CREATE OR REPLACE FUNCTION public.kbnn_synchronous_standbys() RETURNS integer
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog
    AS 'SELECT count(*)::integer FROM pg_stat_replication WHERE state = ''streaming'' AND sync_state IN (''sync'', ''quorum'')';
REVOKE ALL ON FUNCTION public.kbnn_synchronous_standbys() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.kbnn_synchronous_standbys() TO phieu_app, phieu_mix;
