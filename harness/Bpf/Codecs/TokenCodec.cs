using MizarLab.DataPlane;

namespace MizarLab.Harness.Bpf.Codecs;

/// <summary>Agent id → when its bucket is full again (bpf/bucket.h).</summary>
internal sealed class TokenCodec(BpfMap map) : LearnedMapCodec<AgentId, TokenBucket>(Tables.Tokens, map)
{
    protected override int KeyBytes => sizeof(uint);

    protected override int ValueBytes => sizeof(ulong);

    protected override void WriteKey(in AgentId key, Span<byte> bytes) => Layout.Write(bytes, 0, key.Value);

    protected override void WriteValue(in TokenBucket value, Span<byte> bytes) => Layout.Write(bytes, 0, value.FullAt);

    protected override AgentId ReadKey(ReadOnlySpan<byte> bytes) => new(Layout.Read<int>(bytes, 0));

    protected override TokenBucket ReadValue(ReadOnlySpan<byte> bytes) => new(Layout.Read<ulong>(bytes, 0));
}
