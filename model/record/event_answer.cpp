// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/record/event_answer.h"

#include <cstring>

namespace exitscope::wire {

namespace {

void appendHead(std::string &to, const EventHead &head)
{
    char bytes[sizeof head];
    std::memcpy(bytes, &head, sizeof head);
    to.append(bytes, sizeof bytes);
}

bool isSound(const EventHead &head)
{
    return head.nameBytes <= kMostNameBytes && head.fieldBytes <= kMostFieldBytes && head.pcpu >= kNoPcpu
        && head.pcpu <= kMaxPcpu && head.tid >= kNoThread;
}

} // namespace

void appendEvent(std::string &to, const RawEvent &event)
{
    const std::string_view name = std::string_view(event.name).substr(0, kMostNameBytes);
    std::string_view fields = event.fields.bytes();
    if (fields.size() > kMostFieldBytes)
        fields = {};
    appendHead(to,
        {event.timeNs, event.pcpu, event.tid, static_cast<std::uint32_t>(name.size()),
            static_cast<std::uint32_t>(fields.size())});
    to.append(name).append(fields);
}

void appendEnd(std::string &to, std::string_view cause)
{
    EventHead head;
    head.nameBytes = kIsEnd;
    head.fieldBytes = static_cast<std::uint32_t>(cause.size());
    appendHead(to, head);
    to.append(cause);
}

std::string_view EventAnswer::take(std::size_t bytes)
{
    const std::string_view taken = m_rest.substr(0, bytes);
    m_rest.remove_prefix(taken.size());
    return taken;
}

std::optional<RawEvent> EventAnswer::fail()
{
    m_fault = "the reader tells what are no events";
    return std::nullopt;
}

std::optional<RawEvent> EventAnswer::next()
{
    if (m_isOver)
        return std::nullopt;
    m_isOver = true; // unless an event comes
    EventHead head;
    if (m_rest.size() < sizeof head)
        return fail();
    std::memcpy(&head, take(sizeof head).data(), sizeof head);
    if (head.nameBytes == kIsEnd) {
        if (head.fieldBytes != m_rest.size())
            return fail();
        m_fault = take(head.fieldBytes);
        return std::nullopt;
    }
    if (!isSound(head) || std::size_t{head.nameBytes} + head.fieldBytes > m_rest.size())
        return fail();
    RawEvent event;
    event.timeNs = head.timeNs;
    event.pcpu = head.pcpu;
    event.tid = head.tid;
    event.name = take(head.nameBytes);
    auto fields = RawFields::ofBytes(std::string(take(head.fieldBytes)));
    if (!fields)
        return fail();
    event.fields = std::move(*fields);
    m_isOver = false;
    return event;
}

} // namespace exitscope::wire
