package io.rpaworker.worker;

import org.springframework.context.SmartLifecycle;
import org.springframework.context.support.DefaultLifecycleProcessor;
import org.springframework.stereotype.Component;

/** Gives the worker's stop the time that a drain may take: Spring would cut it off after 30 s. */
@Component
class DrainPhase {

    DrainPhase(DefaultLifecycleProcessor lifecycle, WorkerProperties properties) {
        lifecycle.setTimeoutForShutdownPhase(
                SmartLifecycle.DEFAULT_PHASE,
                properties
                        .drainTimeout()
                        .plus(Worker.LAST_STEPS.multipliedBy(2))
                        .toMillis());
    }
}
