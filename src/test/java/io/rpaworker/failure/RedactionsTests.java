package io.rpaworker.failure;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.handler.Redaction;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.support.StaticListableBeanFactory;

class RedactionsTests {

    private static String redacted(Redaction... rules) {
        var beans = new StaticListableBeanFactory();
        for (int i = 0; i < rules.length; i++) {
            beans.addBean("rule" + i, rules[i]);
        }
        return new Redactions(beans.getBeanProvider(Redaction.class)).redacted("f", "Ada Lovelace");
    }

    @Test
    void eachRuleIsGivenWhatTheOneBeforeLeft() {
        assertThat(redacted()).isEqualTo("Ada Lovelace");
        assertThat(redacted((flow, text) -> flow + text.replace("Ada", "#"), (flow, text) -> text.replace("# L", "")))
                .isEqualTo("fovelace");
    }

    @Test
    void whatARuleFailsToMaskIsNotKept() {
        Redaction throwing = (flow, text) -> {
            Thread.currentThread().interrupt();
            throw new StackOverflowError(text);
        };

        assertThat(redacted(throwing))
                .startsWith("Not kept: ")
                .endsWith(" could not mask it, java.lang.StackOverflowError");
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
        assertThat(redacted(new Silent())).startsWith("Not kept: ").doesNotContain("Ada");
    }

    /** Answers nothing. */
    private static final class Silent implements Redaction {

        @Override
        @SuppressWarnings("NullAway") // as somebody's may
        public String redact(String flow, String text) {
            return null;
        }
    }
}
