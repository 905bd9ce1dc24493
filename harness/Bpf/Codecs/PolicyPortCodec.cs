using System.Buffers.Binary;
using MizarLab.DataPlane;
using MizarLab.Packets;

namespace MizarLab.Harness.Bpf.Codecs;

/// <summary>Protocol and port → rule elements. The row for any port (0, 0) is part of <see cref="PolicyScopes"/>.</summary>
internal sealed class PolicyPortCodec(BpfMap map, PolicyScopes scopes, PolicySummary summary) : MapCodec<PolicyPortKey, PolicyBits>(map)
{
    private const int ProtocolAt = 13, PortAt = 14;

    protected override int KeyBytes => 16;

    protected override int ValueBytes => PolicyLayout.BitsBytes;

    public override void Put(in PolicyPortKey key, in PolicyBits value)
    {
        if (IsAny(key))
        {
            scopes.SetAny(key.Scope, value);
        }
        else
        {
            base.Put(key, value);
        }
        summary.NoteWrite();
    }

    public override void Delete(in PolicyPortKey key)
    {
        if (IsAny(key))
        {
            scopes.SetAny(key.Scope, null);
        }
        else
        {
            base.Delete(key);
        }
        summary.NoteWrite();
    }

    public override IReadOnlyList<KeyValuePair<PolicyPortKey, PolicyBits>> Rows() =>
        [.. base.Rows(), .. scopes.AnyRows().Select(row => KeyValuePair.Create(new PolicyPortKey(row.Key, default, 0), row.Value))];

    protected override void WriteKey(in PolicyPortKey key, Span<byte> bytes)
    {
        PolicyLayout.WriteScope(key.Scope, bytes);
        bytes[ProtocolAt] = (byte)key.Protocol;
        BinaryPrimitives.WriteUInt16BigEndian(bytes[PortAt..], key.Port);
    }

    protected override void WriteValue(in PolicyBits value, Span<byte> bytes) => PolicyLayout.WriteBits(value, bytes);

    protected override PolicyPortKey ReadKey(ReadOnlySpan<byte> bytes) =>
        new(PolicyLayout.ReadScope(bytes), (IpProtocol)bytes[ProtocolAt], BinaryPrimitives.ReadUInt16BigEndian(bytes[PortAt..]));

    protected override PolicyBits ReadValue(ReadOnlySpan<byte> bytes) => PolicyLayout.ReadBits(bytes);

    private static bool IsAny(in PolicyPortKey key) => key.Protocol == 0 && key.Port == 0;
}
