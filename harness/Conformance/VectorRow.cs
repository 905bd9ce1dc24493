using MizarLab.Observation;

namespace MizarLab.Harness.Conformance;

/// <summary>One vector or one walk, judged. <see cref="Reason"/>: what differs, field by field; what it needs; empty when it passed.</summary>
public sealed record VectorRow(string Name, Result Result, string Reason);
