package io.rpaworker.ops.diagnosis;

import io.rpaworker.ops.HandlerProblems;
import io.rpaworker.ops.HandlerProblems.Differing;
import io.rpaworker.ops.HandlerProblems.Unhandled;
import io.rpaworker.ops.QueueSnapshot;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;

/** Due records that no live replica handles, and flows that live replicas handle differently. */
@Component
class HandlersCheck implements Check {

    static final Kind UNHANDLED = Kind.critical("unhandled-flow");
    static final Kind DIFFERING = Kind.warning("differing-handlers");

    // Producers may invent any number of names.
    private static final int MOST = 100;

    @Override
    public boolean asksRpaDb() {
        return false;
    }

    @Override
    public List<Finding> look(Scene scene) {
        return scene.snapshot().map(it -> findings(scene, it)).orElse(List.of());
    }

    private static List<Finding> findings(Scene scene, QueueSnapshot snapshot) {
        return Stream.concat(
                        HandlerProblems.unhandled(snapshot).stream().limit(MOST).map(it -> unhandled(scene, it)),
                        HandlerProblems.differing(snapshot).stream().map(HandlersCheck::differing))
                .toList();
    }

    private static Finding unhandled(Scene scene, Unhandled flow) {
        Finding finding = UNHANDLED
                .found(
                        flow.text(),
                        "Enable rpa.flows.<flow>.enabled on a replica that has its handler; if the name is misspelt, correct"
                                + " the producer and the flow_name of the records.")
                .with(Finding.FLOW, flow.flow())
                .with("due_seconds", flow.dueFor().toSeconds())
                .since(scene.ago(flow.dueFor()));
        return flow.nearest().map(it -> finding.with("nearest", it)).orElse(finding);
    }

    private static Finding differing(Differing flow) {
        return DIFFERING
                .found(
                        flow.text(),
                        "Put the same handler's jar, or the same image, on all replicas, or enable the flow on those only"
                                + " that have the right one.")
                .with(Finding.FLOW, flow.flow())
                .with("handlers", flow.who());
    }
}
