// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/tools/dat_writer.h"

namespace exitscope::testing {

namespace {

constexpr std::uint32_t kPadding = 29;
constexpr std::uint32_t kTimeExtend = 30;
constexpr std::uint32_t kTimeStamp = 31;
constexpr std::uint64_t kLowDelta = (1ull << 27) - 1;

std::string fieldText(const std::string &declaration, int offset, int size)
{
    const bool isSigned = declaration.starts_with("int ") || declaration.starts_with("long ");
    return "\tfield:" + declaration + ";\toffset:" + std::to_string(offset) + ";\tsize:" + std::to_string(size)
        + ";\tsigned:" + (isSigned ? "1" : "0") + ";\n";
}

// trace-cmd maps the pages, and so they lie on those of the file.
std::uint64_t onPage(std::uint64_t offset)
{
    return (offset + DatPage::kBytes - 1) / DatPage::kBytes * DatPage::kBytes;
}

} // namespace

DatPage::DatPage(ByteOrder order, unsigned longBytes, std::uint64_t time)
    : m_order(order), m_longBytes(longBytes), m_time(time), m_events(order)
{
}

DatPage &DatPage::word(std::uint32_t type, std::uint32_t delta)
{
    m_events.put(m_order == ByteOrder::Little ? delta << 5 | type : type << 27 | delta);
    return *this;
}

DatPage &DatPage::event(std::uint32_t delta, const std::string &raw, bool isLong)
{
    std::string padded = raw;
    padded.resize((raw.size() + 3) / 4 * 4);
    const auto words = std::uint32_t(padded.size() / 4);
    word(isLong || words > 28 ? 0 : words, delta);
    if (isLong || words > 28)
        m_events.put(std::uint32_t(4 + padded.size()));
    for (const char c : padded)
        m_events.put(std::uint8_t(c));
    return *this;
}

DatPage &DatPage::timeExtend(std::uint64_t delta)
{
    word(kTimeExtend, std::uint32_t(delta & kLowDelta));
    m_events.put(std::uint32_t(delta >> 27));
    return *this;
}

DatPage &DatPage::timeStamp(std::uint64_t time)
{
    word(kTimeStamp, std::uint32_t(time & kLowDelta));
    m_events.put(std::uint32_t(time >> 27));
    return *this;
}

DatPage &DatPage::takenBack(std::uint32_t delta, unsigned words)
{
    word(kPadding, delta);
    m_events.put(std::uint32_t(4 * words));
    for (unsigned i = 1; i < words; ++i)
        m_events.put(std::uint32_t(0xdeadbeef));
    return *this;
}

DatPage &DatPage::padding()
{
    word(kPadding, 0);
    m_events.put(std::uint32_t(0xdeadbeef));
    return *this;
}

DatPage &DatPage::afterLoss(std::optional<std::uint64_t> count)
{
    m_isAfterLoss = true;
    m_lost = count;
    return *this;
}

DatPage &DatPage::committed(std::uint32_t bytes)
{
    m_committed = bytes;
    return *this;
}

std::string DatPage::bytes() const
{
    ByteWriter page(m_order);
    const auto putLong
        = [&](std::uint64_t value) { m_longBytes == 8 ? page.put(value) : page.put(std::uint32_t(value)); };
    page.put(m_time);
    const std::uint64_t flags = (m_isAfterLoss ? 1u << 31 : 0u) | (m_lost ? 1u << 30 : 0u);
    // The kernel extends the sign of its 32 bits.
    putLong(
        m_committed.value_or(std::uint32_t(m_events.size())) | flags | (m_isAfterLoss ? 0xffffffffull << 32 : 0ull));
    page.append(m_events);
    if (m_lost)
        putLong(*m_lost);
    page.resize(kBytes);
    return page.bytes();
}

std::string formatText(const std::string &name, int id, const std::vector<std::pair<std::string, int>> &fields)
{
    std::string text = "name: " + name + "\nID: " + std::to_string(id) + "\nformat:\n"
        + fieldText("unsigned short common_type", 0, 2) + fieldText("unsigned char common_flags", 2, 1)
        + fieldText("unsigned char common_preempt_count", 3, 1) + fieldText("int common_pid", 4, 4) + "\n";
    int offset = 8;
    for (const auto &[declaration, size] : fields) {
        const int alignment = declaration.ends_with(']') && !declaration.starts_with("__") ? 1 : size;
        offset = (offset + alignment - 1) / alignment * alignment;
        text += fieldText(declaration, offset, size);
        offset += size;
    }
    return text + "\nprint fmt: \"%s\", __print_symbolic(REC->x, {((((1)))), \"unbalanced\"\n";
}

std::string DatFile::bytes() const
{
    return version == 6 ? version6() : version7();
}

std::string DatFile::head() const
{
    ByteWriter writer(order);
    writer.putString("\x17\x08\x44tracing" + std::to_string(version));
    writer.put(std::uint8_t(order == ByteOrder::Big));
    writer.put(std::uint8_t(8)); // long of the user's programs, on a kernel of whatever size
    writer.put(std::uint32_t(DatPage::kBytes));
    return writer.bytes();
}

std::string DatFile::pageFormat() const
{
    const std::string bytes = std::to_string(longBytes);
    const std::string page
        = "\tfield: u64 timestamp;\toffset:0;\tsize:8;\tsigned:0;\n\tfield: local_t commit;\toffset:8;"
          "\tsize:"
        + bytes + ";\tsigned:1;\n\tfield: int overwrite;\toffset:8;\tsize:1;\tsigned:1;\n";
    const std::string event = "# compressed entry header\n\ttype_len    :    5 bits\n\ttime_delta  :   27 bits\n";
    ByteWriter writer(order);
    writer.putString("header_page");
    writer.put(std::uint64_t(page.size()));
    const std::string first = writer.bytes() + page;
    ByteWriter second(order);
    second.putString("header_event");
    second.put(std::uint64_t(event.size()));
    return first + second.bytes() + event;
}

std::string DatFile::formatsOf(bool ftrace) const
{
    std::string result;
    std::uint32_t count = 0;
    for (const auto &[system, text] : formats) {
        if ((system == "ftrace") != ftrace)
            continue;
        ByteWriter writer(order);
        if (!ftrace) {
            writer.putString(system);
            writer.put(std::uint32_t(1));
        }
        writer.put(std::uint64_t(text.size()));
        result += writer.bytes() + text;
        ++count;
    }
    ByteWriter head(order);
    head.put(count);
    return head.bytes() + result;
}

ByteWriter DatFile::option(std::uint16_t id, const std::string &data) const
{
    ByteWriter writer(order);
    writer.put(id);
    writer.put(std::uint32_t(data.size()));
    for (const char c : data)
        writer.put(std::uint8_t(c));
    return writer;
}

ByteWriter DatFile::section(std::uint16_t id, const std::string &data) const
{
    ByteWriter writer(order);
    writer.put(id);
    writer.put(std::uint16_t(0)); // not compressed
    writer.put(std::uint32_t(0));
    writer.put(std::uint64_t(data.size()));
    for (const char c : data)
        writer.put(std::uint8_t(c));
    return writer;
}

std::string DatFile::version6() const
{
    ByteWriter symbols(order), middle(order);
    symbols.put(std::uint32_t(kallsyms.size()));
    middle.put(std::uint32_t(0)); // formats of printk
    middle.put(std::uint64_t(threadNames.size()));
    ByteWriter counts(order);
    counts.put(std::uint32_t(cpus.size()));
    counts.putString("options  ");
    for (const auto &[id, data] : options)
        counts.append(option(id, data));
    counts.append(option(4, {})); // TRACECLOCK: it stands behind the CPUs
    counts.put(std::uint16_t(0));
    counts.putString("flyrecord");
    std::string result = head() + pageFormat() + formatsOf(true) + formatsOf(false) + symbols.bytes() + kallsyms
        + middle.bytes() + threadNames + counts.bytes();
    ByteWriter table(order);
    const std::uint64_t pagesAt = onPage(result.size() + 16 * cpus.size() + 8 + clock.size());
    std::uint64_t offset = pagesAt;
    for (const auto &[number, pages] : cpus) {
        table.put(offset);
        table.put(std::uint64_t(pages.size()));
        offset += pages.size();
    }
    table.put(std::uint64_t(clock.size()));
    result += table.bytes() + clock;
    result.resize(pagesAt);
    for (const auto &[number, pages] : cpus)
        result += pages;
    return result;
}

std::string DatFile::version7() const
{
    std::string result = head();
    ByteWriter first(order);
    first.putString("none");
    first.putString("");
    const std::uint64_t sectionsAt = result.size() + first.size() + 8;
    ByteWriter names(order), symbols(order);
    names.put(std::uint64_t(threadNames.size()));
    symbols.put(std::uint32_t(kallsyms.size()));
    std::string sections;
    ByteWriter optionData(order);
    const auto add = [&](std::uint16_t id, const std::string &data) {
        ByteWriter at(order);
        at.put(std::uint64_t(sectionsAt + sections.size()));
        optionData.append(option(id, at.bytes()));
        sections += section(id, data).bytes();
    };
    add(16, pageFormat());
    add(17, formatsOf(true));
    add(18, formatsOf(false));
    if (!kallsyms.empty())
        add(19, symbols.bytes() + kallsyms);
    add(21, names.bytes() + threadNames);
    for (const auto &[id, data] : options)
        optionData.append(option(id, data));
    optionData.append(option(4, clock));
    std::uint64_t offset = onPage(sectionsAt + sections.size());
    sections.resize(offset - sectionsAt);
    ByteWriter buffer(order);
    buffer.put(std::uint64_t(0));
    buffer.putString(""); // the top-level one
    buffer.putString("mono");
    buffer.put(std::uint32_t(DatPage::kBytes));
    buffer.put(std::uint32_t(cpus.size()));
    for (const auto &[number, pages] : cpus) {
        buffer.put(number);
        buffer.put(offset);
        buffer.put(std::uint64_t(pages.size()));
        sections += pages;
        offset += pages.size();
    }
    optionData.append(option(3, buffer.bytes()));
    optionData.append(option(0, std::string(8, '\0'))); // no more options
    first.put(std::uint64_t(sectionsAt + sections.size()));
    return result + first.bytes() + sections + section(0, optionData.bytes()).bytes();
}

} // namespace exitscope::testing
