// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/reader/file/shared_file.h"
#include "app/reader/open_trace_file.h"

namespace exitscope::reader {

std::shared_ptr<OpenedFile> SharedFile::take(const std::string &path, const Alive &alive)
{
    if (path != m_path) {
        m_path = path;
        m_file.reset();
        m_fault.clear();
        try {
            m_file = std::make_shared<OpenedFile>(OpenedFile{openTraceFile(path, alive), std::nullopt});
        } catch (const ReadError &error) {
            m_fault = error.what();
        }
    }
    if (!m_file)
        throw ReadError(m_fault);
    return m_file;
}

} // namespace exitscope::reader
