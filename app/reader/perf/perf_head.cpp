// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/reader/perf/perf_head.h"

#include <algorithm>
#include <string>
#include <string_view>

#include <linux/perf_event.h>

#include "app/reader/perf/perf_record_types.h"
#include "app/reader/read_error.h"

namespace exitscope::reader {

namespace {

constexpr std::string_view kMagic = "PERFILE2";
constexpr std::string_view kSwapped = "2ELIFREP";
constexpr std::size_t kPipedBytes = 16;
constexpr std::size_t kHeadBytes = 104;
constexpr std::size_t kSectionBytes = 16;
// Places in the head.
constexpr std::size_t kAttrSize = 16;
constexpr std::size_t kAttrs = 24;
constexpr std::size_t kData = 40;
constexpr std::size_t kFeatureBits = 72;

struct Part {
    std::uint64_t offset;
    std::uint64_t size;
};

Part partAt(PerfBytes bytes, std::size_t place)
{
    return {loadAt<std::uint64_t>(bytes, place), loadAt<std::uint64_t>(bytes, place + 8)};
}

PerfSection checked(const PerfSource &source, Part part, const char *what)
{
    if (part.offset > source.file().size() || part.size > source.file().size() - part.offset)
        throw ReadError(std::string("the file is not complete: ") + what + " lie behind its end");
    return {part.offset, part.offset + part.size};
}

std::vector<std::uint64_t> idsOf(PerfBytes bytes)
{
    std::vector<std::uint64_t> ids;
    for (std::size_t at = 0; at + 8 <= bytes.size(); at += 8)
        ids.push_back(loadAt<std::uint64_t>(bytes, at));
    return ids;
}

// Each is a perf_event_attr, which has grown over the years, and where its ids stand.
void readEvents(const PerfSource &source, std::uint64_t size, PerfSection attrs, PerfEvents &events)
{
    constexpr std::uint64_t kMaxAttr = 4096; // the kernel takes none that is larger than a page
    constexpr std::uint64_t kMostIds = 64u << 20; // bytes: thousands of events on thousands of CPUs
    if (size < PERF_ATTR_SIZE_VER0 + kSectionBytes || size > kMaxAttr)
        throw ReadError(
            "the head of the file is damaged: descriptions of events have " + std::to_string(size) + " bytes in it");
    PerfWindow window(source);
    PerfWindow idWindow(source);
    std::uint64_t idBytes = 0;
    for (std::uint64_t at = attrs.begin; attrs.end - at >= size; at += size) {
        const PerfBytes entry = window.at(at, size, attrs.end);
        const PerfSection ids = checked(source, partAt(entry, size - kSectionBytes), "the numbers of its events");
        idBytes += ids.end - ids.begin;
        if (idBytes > kMostIds)
            throw ReadError("the head of the file is damaged: it has more numbers of events than there can be");
        events.add(entry.first(size - kSectionBytes), idsOf(idWindow.at(ids.begin, ids.end - ids.begin, ids.end)));
    }
}

bool hasFeature(PerfBytes head, unsigned feature)
{
    return (std::to_integer<unsigned>(head[kFeatureBits + feature / 8]) >> (feature % 8) & 1) != 0;
}

// What perf writes behind the records when a recording ends; the bits of the head tell what of it is there.
std::optional<PerfSection> tracingDataOf(const PerfSource &source, PerfBytes head, std::uint64_t recordsEnd)
{
    std::uint64_t at = recordsEnd;
    for (unsigned feature = 0; feature < perf::kTracingDataFeature; ++feature)
        at += hasFeature(head, feature) ? kSectionBytes : 0;
    if (!hasFeature(head, perf::kTracingDataFeature))
        return std::nullopt;
    PerfWindow window(source);
    return checked(source, partAt(window.at(at, kSectionBytes, at), 0), "its tracing data");
}

void checkMagic(PerfBytes begin)
{
    const std::string_view magic(reinterpret_cast<const char *>(begin.data()), kMagic.size());
    if (magic == kSwapped)
        throw ReadError("it was recorded on a machine of the other byte order, which is not read here; `perf script` "
                        "there makes a text of it, which is");
    if (magic != kMagic)
        throw ReadError("it is no file of perf, or of a perf before Linux 3.3");
}

} // namespace

bool isPerfData(std::string_view firstBytes)
{
    return firstBytes.starts_with(kMagic) || firstBytes.starts_with(kSwapped);
}

PerfHead readPerfHead(const PerfSource &source, PerfEvents &events)
{
    PerfWindow window(source);
    const PerfBytes begin = window.at(0, kPipedBytes, kHeadBytes);
    checkMagic(begin);
    const auto size = loadAt<std::uint64_t>(begin, 8);
    if (size == kPipedBytes)
        return {{kPipedBytes, source.file().size()}, true, std::nullopt};
    if (size < kHeadBytes)
        throw ReadError("the head of the file is damaged: it says that it has " + std::to_string(size) + " bytes");
    const PerfBytes head = window.at(0, kHeadBytes, kHeadBytes);
    if (hasFeature(head, perf::kDirectoryFeature))
        throw ReadError("it is a part of what `perf record --threads` wrote; record without --threads");
    const Part data = partAt(head, kData);
    if (data.size == 0)
        throw ReadError("perf did not finish it: what tells of its events was not written; end `perf record` by "
                        "SIGINT (Ctrl+C), and not by SIGKILL");
    PerfHead read{checked(source, data, "its records"), false, std::nullopt};
    readEvents(source, loadAt<std::uint64_t>(head, kAttrSize),
        checked(source, partAt(head, kAttrs), "descriptions of its events"), events);
    read.tracingData = tracingDataOf(source, head, read.records.end);
    return read;
}

void addPerfEvent(PerfBytes record, PerfEvents &events)
{
    constexpr std::size_t kSizePlace = perf::kHeaderBytes + 4; // perf_event_attr::size
    if (record.size() < perf::kHeaderBytes + PERF_ATTR_SIZE_VER0)
        throw ReadError("the description of an event is too short");
    const std::size_t said = loadAt<std::uint32_t>(record, kSizePlace);
    const std::size_t size = said == 0 ? PERF_ATTR_SIZE_VER0 : said;
    if (size < PERF_ATTR_SIZE_VER0 || size > record.size() - perf::kHeaderBytes)
        throw ReadError("the description of an event is too short");
    events.add(record.subspan(perf::kHeaderBytes, size), idsOf(record.subspan(perf::kHeaderBytes + size)));
}

} // namespace exitscope::reader
