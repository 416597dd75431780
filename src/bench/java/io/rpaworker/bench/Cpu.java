package io.rpaworker.bench;

/**
 * Seconds of CPU used so far; only differences mean anything.
 *
 * @param database by PostgreSQL
 * @param self by the benchmark
 * @param own by its children, which are the contestants
 * @param machine by everybody
 * @param nanos when
 */
record Cpu(double database, double self, double own, double machine, long nanos) {

    private static final long PID = ProcessHandle.current().pid();

    static Cpu soFar(Server server) {
        double self = Processes.cpu(PID);
        return new Cpu(
                server.cpuSeconds(),
                self,
                Processes.cpuOfFamily(PID) - self,
                Processes.cpuOfMachine(),
                System.nanoTime());
    }

    Cpu since(Cpu before) {
        return new Cpu(
                database - before.database,
                self - before.self,
                own - before.own,
                machine - before.machine,
                nanos - before.nanos);
    }

    double seconds() {
        return nanos / 1e9;
    }

    /** The share of the machine that went to others. */
    double foreign() {
        return Math.max(0, machine - database - self - own)
                / (seconds() * Runtime.getRuntime().availableProcessors());
    }
}
