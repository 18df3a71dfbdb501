// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/reader/read_error.h"
#include "model/record/description.h"
#include "model/record/event_fields.h"
#include "model/record/raw_event.h"
#include "model/record/record.h"

// Traces that are one file and no CTF: of trace-cmd, of perf, text. Each is a class of TraceFile; what its streams say
// comes as FileStep, one by one, and becomes records in FileSession, the same for all of them.
namespace exitscope::reader {

// What a stream says next.
struct FileStep {
    enum class Kind : std::uint8_t {
        Event,
        Lost, // events that would stand here; how many, if the file says so
        Thread, // the process or the name of a thread, by what stands beside the events; told.tid, told.pid,
                // told.procname
    };
    Kind kind = Kind::Event;
    bool isRepeated = false; // an Event that equals the one before it: recorded twice
    Ns timeNs = 0; // of an Event
    EventClass what{}; // of an Event
    std::uint32_t kinds = 0; // so too: the Richness bits that it stands for, see kindsOf()
    EventTold told{}; // its texts are valid until the next step
    std::optional<std::uint64_t> lost = std::nullopt;
};

// What one CPU recorded, in the order of its ring buffer.
class FileStream {
public:
    virtual ~FileStream() = default;
    // False at its end. Throws ReadError where the rest cannot be read; what came before stays valid.
    virtual bool next(FileStep &step) = 0;
    // Of FileCpu::bytes; never goes back.
    virtual std::uint64_t bytesRead() const = 0;
    // Name and fields of the event that next() gave last. Throws ReadError.
    virtual void tellFields(RawEvent &event) const = 0;
};

struct FileCpu {
    std::int32_t number = kNoPcpu; // kNoPcpu: the file does not say
    std::uint64_t bytes = 0; // of the file that are its events, about: for progress and limits
};

// To be called now and then while a file is gone through.
using Alive = std::function<void()>;

// A trace of one file, opened for reading.
class TraceFile {
public:
    virtual ~TraceFile() = default;

    virtual const std::vector<FileCpu> &cpus() const = 0; // those that have anything in the file, by number
    virtual wire::Description describe() const = 0; // the same for all of its streams
    // From the begin; several of one CPU may be there at a time, each at a place of its own. They end before the file.
    virtual std::unique_ptr<FileStream> read(std::size_t cpu) = 0; // index into cpus()
    // What the user must know of the file though it can be read, one line; empty if nothing.
    virtual std::string notes() const { return {}; }
};

} // namespace exitscope::reader
