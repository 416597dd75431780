package io.rpaworker.failure;

import io.rpaworker.handler.Redaction;
import io.rpaworker.loop.ThreadLoan;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/** Masks texts as the handlers' rules say. */
@Component
public class Redactions {

    private final List<Redaction> rules;

    @Autowired
    public Redactions(ObjectProvider<Redaction> rules) {
        this(rules.orderedStream().toList());
    }

    private Redactions(List<Redaction> rules) {
        this.rules = rules;
    }

    /** The same rules after those of a handler's jar, which mask the texts of its flow alone. */
    public Redactions after(List<Redaction> first) {
        return first.isEmpty()
                ? this
                : new Redactions(Stream.concat(first.stream(), rules.stream()).toList());
    }

    /** What may be stored of a text; never throws. */
    public String redacted(String flow, String text) {
        String redacted = text;
        for (Redaction rule : rules) {
            var loan = new ThreadLoan(rule);
            try {
                redacted = Objects.requireNonNull(rule.redact(flow, redacted));
            } catch (Throwable broken) {
                // The text might hold what the rule was to mask.
                return "Not kept: %s could not mask it, %s"
                        .formatted(rule.getClass().getName(), broken.getClass().getName());
            } finally {
                loan.end();
            }
        }
        return redacted;
    }
}
