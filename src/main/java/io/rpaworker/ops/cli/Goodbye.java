package io.rpaworker.ops.cli;

/** What is said where something is waited for no longer; also if the process is ended meanwhile. */
final class Goodbye implements AutoCloseable {

    private final Runnable words;
    private final Thread hook;

    Goodbye(Runnable words) {
        this.words = words;
        this.hook = new Thread(words, "rpa-goodbye");
        Runtime.getRuntime().addShutdownHook(hook);
    }

    void say() {
        words.run();
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The process ends already.
        }
    }
}
