package com.example.greeting;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.example.greeting.GuestList.Guests;
import io.rpaworker.handler.NewRecord;
import io.rpaworker.handler.Page;
import io.rpaworker.handler.RunContext;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class GuestListTest {

    private final GuestList source = new GuestList(JsonMapper.shared());

    @Test
    void eachGuestIsOnOnePage() {
        var run = new RunContext<>(1, "greeting", new Guests(List.of("Ada", "Grace")), null, Instant.EPOCH);

        assertEquals(Page.of(List.of(NewRecord.of("{\"name\":\"Ada\"}", "guest Ada")), "1"), source.page(run, null, 1));
        assertEquals(Page.last(List.of(NewRecord.of("{\"name\":\"Grace\"}", "guest Grace"))), source.page(run, "1", 1));
    }
}
