using MizarLab.DataPlane;
using MizarLab.Packets;

namespace MizarLab.Harness.Bpf.Codecs;

/// <summary>struct agent_substrate_key → MAC.</summary>
internal sealed class AgentSubstrateCodec(BpfMap map) : MapCodec<AgentSubstrateKey, MacAddress>(map)
{
    private const int AgentAt = Layout.EndpointKeyBytes;

    protected override int KeyBytes => 16;

    protected override int ValueBytes => 8;

    protected override void WriteKey(in AgentSubstrateKey key, Span<byte> bytes)
    {
        Layout.WriteEndpointKey(key.Key, bytes);
        Layout.Write(bytes, AgentAt, key.Agent.Value);
    }

    protected override void WriteValue(in MacAddress value, Span<byte> bytes) => value.Write(bytes);

    protected override AgentSubstrateKey ReadKey(ReadOnlySpan<byte> bytes) =>
        new(new AgentId(Layout.Read<int>(bytes, AgentAt)), Layout.ReadEndpointKey(bytes));

    protected override MacAddress ReadValue(ReadOnlySpan<byte> bytes) => MacAddress.Read(bytes);
}
