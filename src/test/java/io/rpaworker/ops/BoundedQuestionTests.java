package io.rpaworker.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.ops.Answer.Answered;
import io.rpaworker.ops.Answer.Unanswered;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class BoundedQuestionTests {

    private static final Duration LONG = Duration.ofMinutes(1);
    private static final Duration SHORT = Duration.ofMillis(20);

    @Test
    void answersWithTheValueAndTheTimeItTook() {
        var reply = new BoundedQuestion<>("test", LONG, () -> 42).ask();

        assertThat(reply).isInstanceOfSatisfying(Answered.class, it -> {
            assertThat(it.value()).isEqualTo(42);
            assertThat(it.took()).isPositive();
        });
    }

    @Test
    void aQuestionThatFailsSaysWhatIsAtTheBottom() {
        var inquiry = new BoundedQuestion<Integer>("test", LONG, () -> {
            throw new IllegalStateException("no connection", new IllegalArgumentException("refused"));
        });

        assertThat(inquiry.ask()).isEqualTo(new Unanswered<>("java.lang.IllegalArgumentException: refused"));
    }

    @Test
    void aQuestionThatHangsIsAskedOnceForAllWhoWait() {
        var answer = new CompletableFuture<Integer>();
        var asked = new AtomicInteger();
        var inquiry = new BoundedQuestion<>("test", SHORT, () -> {
            asked.incrementAndGet();
            return answer.join();
        });

        assertThat(inquiry.ask()).isEqualTo(new Unanswered<>("No answer within 20 ms"));
        assertThat(inquiry.ask()).isEqualTo(new Unanswered<>("No answer within 20 ms"));
        assertThat(asked).hasValue(1);

        answer.complete(7);
        Awaitility.await().until(() -> inquiry.ask() instanceof Answered<Integer> it && it.value() == 7);
    }

    @Test
    void aReasonThatCameTooLateIsToldNextTime() {
        var refusal = new CompletableFuture<Integer>();
        var never = new CompletableFuture<Integer>();
        var asked = new AtomicInteger();
        var inquiry =
                new BoundedQuestion<>("test", SHORT, () -> (asked.incrementAndGet() == 1 ? refusal : never).join());
        inquiry.ask();

        refusal.completeExceptionally(new CompletionException(new IllegalStateException("refused")));

        Awaitility.await()
                .until(() -> inquiry.ask() instanceof Unanswered<Integer> it
                        && it.reason()
                                .equals("No answer within 20 ms; before: java.lang.IllegalStateException: refused"));
        never.complete(0);
    }
}
