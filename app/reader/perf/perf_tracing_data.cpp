// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/reader/perf/perf_tracing_data.h"

#include <bit>
#include <string>
#include <string_view>

#include "app/reader/file/trace_format.h"
#include "app/reader/read_error.h"

namespace exitscope::reader {

namespace {

constexpr std::uint64_t kMaxFormat = 1u << 20; // bytes; the longest of Linux has some thousand
constexpr std::size_t kMaxName = 256;

[[noreturn]] void damaged(const char *what)
{
    throw ReadError(std::string("its tracing data, which tell what the events hold, ") + what);
}

class Cursor {
public:
    Cursor(const PerfSource &source, std::uint64_t at, std::uint64_t end) : m_window(source), m_at(at), m_end(end) { }

    PerfBytes bytes(std::uint64_t count)
    {
        const std::uint64_t at = m_at;
        skip(count);
        return m_window.at(at, count, m_end);
    }

    void skip(std::uint64_t count)
    {
        if (count > m_end - m_at)
            damaged("end early");
        m_at += count;
    }

    template <typename Number>
    Number number()
    {
        return loadAt<Number>(bytes(sizeof(Number)), 0);
    }

    // Up to a NUL.
    std::string name()
    {
        std::string name;
        for (char c = number<char>(); c != '\0'; c = number<char>()) {
            if (name.size() == kMaxName)
                damaged("have a name that does not end");
            name += c;
        }
        return name;
    }

    std::string_view text(std::uint64_t size)
    {
        if (size > kMaxFormat)
            damaged("have the format of an event that is larger than 1 MiB");
        const PerfBytes text = bytes(size);
        return {reinterpret_cast<const char *>(text.data()), text.size()};
    }

private:
    PerfWindow m_window;
    std::uint64_t m_at;
    std::uint64_t m_end;
};

void skipPart(Cursor &cursor, std::string_view name)
{
    if (cursor.name() != name)
        damaged("have another order than those of any version known");
    cursor.skip(cursor.number<std::uint64_t>());
}

} // namespace

bool readTracingData(const PerfSource &source, std::uint64_t begin, std::uint64_t end, TraceFormats &formats)
{
    Cursor cursor(source, begin, end);
    if (cursor.text(kTracingMagic.size()) != kTracingMagic)
        damaged("do not begin as such");
    cursor.name(); // the version: what it changes comes behind the formats
    const bool isBigEndian = cursor.number<std::uint8_t>() != 0;
    if (isBigEndian != (std::endian::native == std::endian::big))
        damaged("are of the other byte order than the file");
    cursor.skip(1 + 4); // sizes of a long and of a page
    skipPart(cursor, "header_page");
    skipPart(cursor, "header_event");
    for (auto count = cursor.number<std::uint32_t>(); count > 0; --count) // of ftrace's own events
        cursor.skip(cursor.number<std::uint64_t>());
    for (auto systems = cursor.number<std::uint32_t>(); systems > 0; --systems) {
        const std::string system = cursor.name();
        for (auto count = cursor.number<std::uint32_t>(); count > 0; --count)
            formats.add(system, cursor.text(cursor.number<std::uint64_t>()));
    }
    return isBigEndian;
}

} // namespace exitscope::reader
