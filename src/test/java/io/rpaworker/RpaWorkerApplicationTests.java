package io.rpaworker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class RpaWorkerApplicationTests {

    @Test
    void optionsAloneStartAWorkerAndAWordOrAnAskForHelpDoesNot() {
        assertThat(RpaWorkerApplication.isCommand(new String[] {})).isFalse();
        assertThat(RpaWorkerApplication.isCommand(new String[] {"--spring.profiles.active=production", "status"}))
                .isFalse();
        assertThat(List.of("status", "statsu", "help", "--help", "-h", "--version", "-V", "rpa"))
                .allMatch(it -> RpaWorkerApplication.isCommand(new String[] {it}));
    }
}
