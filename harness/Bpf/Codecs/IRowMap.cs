namespace MizarLab.Harness.Bpf.Codecs;

/// <summary>A map whose rows are found by their keys, both as bytes: one of the kernel's, or a learned table, which lies in an ARRAY of the kernel's.</summary>
internal interface IRowMap
{
    void Update(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value);

    /// <summary>False when there is no such row.</summary>
    bool TryLookup(ReadOnlySpan<byte> key, Span<byte> value);

    /// <summary>False when there was no such row.</summary>
    bool Delete(ReadOnlySpan<byte> key);

    /// <summary>All keys, one behind the other, each once.</summary>
    byte[] Keys();

    /// <summary>Deletes every row.</summary>
    void Clear();
}
