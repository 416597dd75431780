package io.rpaworker.ops.diagnosis;

/** Looks at the replica that answers. The command line is none, and does without. */
public interface ReplicaCheck extends Check {}
