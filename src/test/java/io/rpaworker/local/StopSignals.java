package io.rpaworker.local;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;

/**
 * Takes Ctrl-C and SIGTERM. Left to the JVM they start all shutdown hooks at once, and the embedded PostgreSQL's would
 * stop it under a worker that is still giving its records back.
 */
final class StopSignals {

    private StopSignals() {}

    // By reflection: sun.misc.Signal has no successor, and javac's warning about it cannot be switched off.
    static void on(Runnable stop) throws ReflectiveOperationException {
        Class<?> signal = Class.forName("sun.misc.Signal");
        Class<?> handler = Class.forName("sun.misc.SignalHandler");
        InvocationHandler stopping = (proxy, method, arguments) -> {
            // The signal's own thread is a daemon: nothing would keep the JVM once the worker is down.
            Thread.ofPlatform().daemon(false).name("stop").start(stop);
            return null;
        };
        Object once = Proxy.newProxyInstance(handler.getClassLoader(), new Class<?>[] {handler}, stopping);
        for (String name : new String[] {"INT", "TERM"}) {
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance(name), once);
        }
    }
}
