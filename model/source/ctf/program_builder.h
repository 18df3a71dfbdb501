// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <vector>

#include "model/source/ctf/field_references.h"
#include "model/source/ctf/layout.h"

namespace exitscope::ctf {

// What is wanted of the members of the structures that a program reads.
struct Wanted {
    std::function<std::vector<Target>(const FieldKey &)> numbers;
    std::function<std::optional<std::uint8_t>(const FieldKey &)> text;
};

// Makes the steps that read a field, one field after the other.
class ProgramBuilder {
public:
    ProgramBuilder(std::vector<Program> &programs, const FieldReferences &references, const Wanted &wanted)
        : m_programs(programs), m_references(references), m_wanted(wanted)
    {
    }

    void add(const FieldClass &field, const FieldKey &key); // throws CtfError
    // The program so far becomes one of `programs`.
    std::size_t finish();

private:
    Step &run(std::uint32_t alignment, std::uint64_t bits, std::uint64_t &offset);
    void addNumber(const FieldClass &field, const FieldKey &key);
    void addVariable(const FieldClass &field, const FieldKey &key);
    void addSkipped(const FieldClass &field);
    void addString(const FieldClass &field, const FieldKey &key);
    void addElements(const FieldClass &field, const FieldKey &key);
    void addPlainArray(const FieldClass &field, const FieldKey &key, const Step &element);
    void addChoice(const FieldClass &field, const FieldKey &key);
    std::vector<Target> targetsOf(const FieldClass &field, const FieldKey &key) const;
    std::optional<std::uint8_t> textOf(const FieldClass &field, const FieldKey &key) const;
    void select(Step &step, const FieldKey &key) const;
    std::size_t compile(const FieldClass &field, const FieldKey &key);

    std::vector<Program> &m_programs;
    const FieldReferences &m_references;
    const Wanted &m_wanted;
    Program m_program;
};

// Whether it is an array or a sequence of whole bytes.
bool holdsBytes(const FieldClass &field);

} // namespace exitscope::ctf
