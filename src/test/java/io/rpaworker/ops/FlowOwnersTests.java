package io.rpaworker.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.flow.FlowRegistry;
import io.rpaworker.flow.TestFlows;
import org.junit.jupiter.api.Test;

class FlowOwnersTests {

    private final FlowRegistry flows = TestFlows.registry("invoices", "payments", "payments/run");

    @Test
    void whatIsBesideAFlowBelongsToIt() {
        assertThat(FlowOwners.of(flows, "invoices")).isEqualTo("invoices");
        assertThat(FlowOwners.of(flows, "invoices/run")).isEqualTo("invoices");
        assertThat(FlowOwners.of(flows, "elsewhere/end")).isEqualTo("elsewhere");
        assertThat(FlowOwners.with(flows, "invoices")).containsExactly("invoices", "invoices/run", "invoices/end");
    }

    @Test
    void aFlowThatHasAHandlerBelongsToItselfWhateverItIsCalled() {
        assertThat(FlowOwners.of(flows, "payments/run")).isEqualTo("payments/run");
        assertThat(FlowOwners.with(flows, "payments")).containsExactly("payments", "payments/end");
    }

    @Test
    void aSuffixAloneIsAName() {
        assertThat(FlowOwners.of(flows, "/run")).isEqualTo("/run");
        assertThat(FlowOwners.of(flows, "a/runs")).isEqualTo("a/runs");
    }
}
