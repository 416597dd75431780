package com.example.greeting;

import io.rpaworker.handler.NewRecord;
import io.rpaworker.handler.Page;
import io.rpaworker.handler.RecordSource;
import io.rpaworker.handler.RunContext;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotEmpty;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** Finds whom a run greets: each guest that it was started with, once. */
@Component
class GuestList implements RecordSource<GuestList.Guests> {

    private final JsonMapper json;

    GuestList(JsonMapper json) {
        this.json = json;
    }

    /**
     * What a run is started with.
     *
     * @param guests their names
     */
    record Guests(@NotEmpty List<@NotBlank String> guests) {}

    @Override
    public String flow() {
        return "greeting";
    }

    // The page, and where the next one begins, are committed together: whoever takes over goes on there.
    @Override
    public Page page(RunContext<Guests> run, @Nullable String cursor, int size) {
        List<String> guests = run.parameters().guests();
        int from = cursor == null ? 0 : Integer.parseInt(cursor);
        int to = Math.min(from + size, guests.size());
        List<NewRecord> records = guests.subList(from, to).stream()
                .map(name -> NewRecord.of(json.writeValueAsString(new Greeting(name)), "guest " + name))
                .toList();
        return to == guests.size() ? Page.last(records) : Page.of(records, String.valueOf(to));
    }
}
