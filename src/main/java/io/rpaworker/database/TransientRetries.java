package io.rpaworker.database;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.retry.RetryPolicy;
import org.springframework.retry.backoff.ExponentialRandomBackOffPolicy;
import org.springframework.retry.backoff.Sleeper;
import org.springframework.retry.backoff.ThreadWaitSleeper;
import org.springframework.retry.policy.ExceptionClassifierRetryPolicy;
import org.springframework.retry.policy.NeverRetryPolicy;
import org.springframework.retry.policy.SimpleRetryPolicy;
import org.springframework.retry.support.RetryTemplate;

/**
 * How our own single statements are tried again: up to four times in about two seconds, and only after an error by
 * which PostgreSQL says that nothing happened. Never used round a handler, nor round a transaction whose COMMIT may
 * have been what failed.
 */
@Configuration(proxyBeanMethods = false)
class TransientRetries {

    private static final int ATTEMPTS = 4;

    @Bean
    RetryTemplate retryTemplate() {
        return retryTemplate(new ThreadWaitSleeper());
    }

    RetryTemplate retryTemplate(Sleeper sleeper) {
        var backOff = new ExponentialRandomBackOffPolicy();
        backOff.setSleeper(sleeper);
        backOff.setInitialInterval(50);
        backOff.setMultiplier(3);
        backOff.setMaxInterval(1_000);
        var retries = new RetryTemplate();
        retries.setBackOffPolicy(backOff);
        retries.setRetryPolicy(policy());
        return retries;
    }

    private static RetryPolicy policy() {
        RetryPolicy again = new SimpleRetryPolicy(ATTEMPTS);
        RetryPolicy never = new NeverRetryPolicy();
        var policy = new ExceptionClassifierRetryPolicy();
        policy.setExceptionClassifier(failure -> DatabaseError.of(failure)
                        .filter(DatabaseError::isWorthAnotherTry)
                        .isPresent()
                ? again
                : never);
        return policy;
    }
}
