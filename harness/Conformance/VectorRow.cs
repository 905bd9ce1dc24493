namespace MizarLab.Harness.Conformance;

/// <summary>What came of a vector.</summary>
public enum VectorResult : byte
{
    Pass,
    Fail,

    /// <summary>Not run: it needs a part that is not there yet.</summary>
    NotYet,
}

/// <summary>One vector or one walk, judged. <see cref="Reason"/>: what differs, field by field; what it needs; empty when it passed.</summary>
public sealed record VectorRow(string Name, VectorResult Result, string Reason);
