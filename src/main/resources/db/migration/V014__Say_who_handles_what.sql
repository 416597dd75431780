-- What handles each flow on a replica: {"<flow>": {"handler": "<class>", "jar": "<file>", "version": "<of the jar>"}}. Null of
-- a release that did not say.
alter table worker_instance add column handlers jsonb;
