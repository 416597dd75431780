package io.rpaworker.run;

import org.springframework.stereotype.Component;

/** Looks whether parameters are what the source of a flow's runs asks for, where this replica has it. */
@Component
public class RunParameters {

    private final RunKinds kinds;

    RunParameters(RunKinds kinds) {
        this.kinds = kinds;
    }

    /**
     * Refuses parameters that do not fit; says nothing of a flow that has no source here.
     *
     * @param json an object
     * @throws IllegalArgumentException which says why
     */
    public void check(String flow, String json) {
        kinds.of(flow).ifPresent(it -> it.check(json));
    }
}
