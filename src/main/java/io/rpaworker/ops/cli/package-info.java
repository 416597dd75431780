/**
 * The command line: what operators see and do from a shell, also while no replica runs.
 *
 * <p>It starts no worker: the database's beans and the core's, each when a command first asks for it, so that an answer
 * takes a second or two. No handler is loaded; what is told of flows is what rpa_db and the configuration say.
 */
@ApplicationModule(
        allowedDependencies = {
            "ops",
            "ops.action",
            "ops.assessment",
            "ops.diagnosis",
            "ops.fleet",
            "ops.run",
            "ops.story",
            "queue",
            "queue :: counts",
            "queue :: deadletter",
            "queue :: intake",
            "queue :: run",
            "queue :: story",
            "worker",
            "control",
            "migration",
            "lease",
            "condition",
            "flow",
            "handler",
            "database",
            "settings",
            "text"
        })
@NullMarked
package io.rpaworker.ops.cli;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
