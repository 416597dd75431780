package io.rpaworker;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** The worker: one process of any number of identical replicas. */
@SpringBootApplication
public class RpaWorkerApplication {

    /** Starts the worker; it runs until SIGTERM. */
    public static void main(String[] args) {
        SpringApplication.run(RpaWorkerApplication.class, args);
    }
}
