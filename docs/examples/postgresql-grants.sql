-- As citizen_owner in the city's database, after every `db upgrade` and every restore; repeating is harmless.
-- The server reads and writes, and can only add to the logs. Triggers refuse changes of the logs for every role; this is the second lock.
GRANT USAGE ON SCHEMA public TO citizen_web;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO citizen_web;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO citizen_web;
REVOKE UPDATE, DELETE, TRUNCATE ON usage_events, usage_marks, usage_actors, usage_looks, usage_looks_seen, audit_events, consent_events, payment_postings, payment_policies FROM citizen_web;
DO $$ DECLARE month regclass; BEGIN  -- partitions are reached through usage_events only
    FOR month IN SELECT inhrelid::regclass FROM pg_inherits WHERE inhparent = 'usage_events'::regclass LOOP
        EXECUTE format('REVOKE ALL ON %s FROM citizen_web', month);
    END LOOP;
END $$;
