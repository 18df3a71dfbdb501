// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "app/reader/read_error.h"

// A file of text, read by lines.
namespace exitscope::reader {

// No event is printed on a longer line.
inline constexpr std::size_t kLongestLine = std::size_t{64} * 1024;

class TextFile {
public:
    explicit TextFile(const std::string &path); // throws ReadError
    ~TextFile();
    TextFile(const TextFile &) = delete;
    TextFile &operator=(const TextFile &) = delete;

    std::uint64_t size() const { return m_size; } // when it was opened
    // Up to `size` bytes from there on; fewer only at the end. Throws ReadError.
    std::size_t read(std::uint64_t offset, char *to, std::size_t size) const;

private:
    int m_descriptor;
    std::uint64_t m_size = 0;
};

struct TextLine {
    std::string_view text; // without its end; valid until the next one
    std::uint64_t begin = 0; // in the file
    std::uint64_t end = 0; // behind its end
    bool isTooLong = false; // `text` is its begin
    bool hasEnd = true; // the last line of a text that was cut has none
};

// Goes through lines from one place on.
class LineReader {
public:
    // `window`: how much is read at once, at most kLongestLine + 1 more.
    LineReader(const TextFile &file, std::size_t window) : m_file(file), m_window(window) { }

    void seek(std::uint64_t offset) { m_offset = offset; }
    std::uint64_t offset() const { return m_offset; }
    bool next(TextLine &line); // false at the end of the file; throws ReadError

private:
    std::string_view have(std::size_t wanted);
    std::uint64_t skipLine(std::uint64_t from);

    const TextFile &m_file;
    std::size_t m_window;
    std::uint64_t m_offset = 0; // of the next line
    std::string m_buffer;
    std::uint64_t m_bufferBegin = 0;
};

} // namespace exitscope::reader
