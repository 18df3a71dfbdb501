// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/source/ctf/native_place.h"

#include <QByteArray>

#include "model/source/metadata_text.h"

namespace exitscope {

bool NativeTrace::isForLibrary() const
{
    return !readMetadataText(m_directory + QStringLiteral("/metadata")).startsWith('\x1e');
}

std::shared_ptr<const ctf::Trace> NativeTrace::get()
{
    const std::lock_guard lock(m_mutex);
    if (m_cause)
        throw ctf::CtfError(*m_cause);
    if (m_trace)
        return m_trace;
    const QString path = m_directory + QStringLiteral("/metadata");
    try {
        const QByteArray bytes = readMetadataText(path);
        const std::string_view text(bytes.constData(), static_cast<std::size_t>(bytes.size()));
        if (const QString fault = metadataFault(path); !fault.isEmpty())
            throw ctf::CtfError("metadata " + fault.toStdString());
        m_trace = std::make_shared<const ctf::Trace>(text);
    } catch (const ctf::CtfError &error) {
        m_cause = error.what();
        throw;
    }
    return m_trace;
}

} // namespace exitscope
