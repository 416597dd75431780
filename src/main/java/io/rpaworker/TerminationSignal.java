package io.rpaworker;

import io.rpaworker.migration.MigrationAtStart;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Makes SIGTERM an ordinary exit. The JVM's own answer is to run the same shutdown hooks but to exit with 143, which
 * reads like a failure where a drained worker has none.
 */
@Component
final class TerminationSignal implements SmartLifecycle {

    private static volatile boolean started;

    TerminationSignal() {}

    // Before the first claim: from now on there is something to stop in good order.
    @Override
    public void start() {
        started = true;
    }

    // For good: a stop that is under way goes on in good order.
    @Override
    public void stop() {}

    @Override
    public boolean isRunning() {
        return started;
    }

    @Override
    public int getPhase() {
        return MigrationAtStart.PHASE + 1;
    }

    // By reflection: sun.misc.Signal has no successor, and javac's warning about it cannot be switched off.
    static void exitWithZero() {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            // System.exit waits for the hooks; the signal's thread is not the place to wait in.
            InvocationHandler exit = (proxy, method, arguments) -> {
                Thread.ofPlatform().name("sigterm").start(TerminationSignal::exit);
                return null;
            };
            signal.getMethod("handle", signal, handler)
                    .invoke(
                            null,
                            signal.getConstructor(String.class).newInstance("TERM"),
                            Proxy.newProxyInstance(handler.getClassLoader(), new Class<?>[] {handler}, exit));
        } catch (ReflectiveOperationException e) {
            LoggerFactory.getLogger(TerminationSignal.class).warn("SIGTERM will exit with 143, not 0", e);
        }
    }

    // A start that waits for rpa_db holds the lock that the shutdown hook needs, and has claimed nothing yet.
    private static void exit() {
        if (started) {
            System.exit(0);
        }
        Runtime.getRuntime().halt(0);
    }
}
