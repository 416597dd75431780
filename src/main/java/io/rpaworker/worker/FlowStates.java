package io.rpaworker.worker;

import io.rpaworker.condition.FlowCondition;
import java.util.List;

/** Says what a process does with its flows; one that runs none has none. */
public interface FlowStates {

    /** The flows that this process runs, by name; none before the start, and none if it is not to process records. */
    List<FlowState> flows();

    /** What hinders each of them. */
    List<FlowCondition> conditions();
}
