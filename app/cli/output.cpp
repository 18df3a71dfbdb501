// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/output.h"

#include <cerrno>
#include <cstring>

namespace exitscope {

void Output::write(std::string_view text)
{
    if (m_error == 0 && std::fwrite(text.data(), 1, text.size(), m_file) != text.size())
        m_error = errno;
}

bool Output::finish(QString &error)
{
    if (m_error == 0 && std::fflush(m_file) != 0)
        m_error = errno;
    if (m_error != 0)
        error = QString::fromLocal8Bit(std::strerror(m_error));
    return m_error == 0;
}

} // namespace exitscope
