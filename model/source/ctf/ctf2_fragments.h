// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/source/ctf/ctf2_field_builder.h"

namespace exitscope::ctf {

// Makes a trace class of the fragments of CTF 2 metadata, one by one. All throw CtfError.
class FragmentReader {
public:
    explicit FragmentReader(std::size_t mostFields) : m_fields(mostFields) { }

    void read(const std::shared_ptr<const JsonText> &text);
    TraceClass finish();

    std::string whereFailed() const { return m_fields.whereFailed(); }

private:
    void preamble(Properties &properties);
    void alias(Properties &properties, std::shared_ptr<const JsonText> text);
    void traceClass(Properties &properties);
    void clockClass(Properties &properties);
    void streamClass(Properties &properties);
    void eventClass(Properties &properties);

    void environment(Properties &properties);
    std::optional<std::size_t> clockOf(Properties &properties) const;
    FieldClassPtr scope(Properties &properties, QLatin1String name, Scope scope, const StreamClass *stream,
        const FieldClassPtr &specificContext = nullptr);

    FieldBuilder m_fields;
    TraceClass m_trace;
    std::map<std::string, std::size_t> m_clocks; // by id
    bool m_hasPreamble = false;
    bool m_hasTraceClass = false;
};

} // namespace exitscope::ctf
