using MizarLab.DataPlane;

namespace MizarLab.Harness.Bpf.Codecs;

/// <summary>Senders' labels → rule elements.</summary>
internal sealed class PolicyLabelCodec(BpfMap map, PolicySummary summary) : MapCodec<PolicyLabelKey, PolicyBits>(map)
{
    private const int PodAt = 12, NamespaceAt = 16, KindAt = 20;

    protected override int KeyBytes => 24;

    protected override int ValueBytes => PolicyLayout.BitsBytes;

    public override void Put(in PolicyLabelKey key, in PolicyBits value)
    {
        base.Put(key, value);
        summary.NoteWrite();
    }

    public override void Delete(in PolicyLabelKey key)
    {
        base.Delete(key);
        summary.NoteWrite();
    }

    protected override void WriteKey(in PolicyLabelKey key, Span<byte> bytes)
    {
        Layout.WriteEndpointKey(key.Local, bytes);
        Layout.Write(bytes, PodAt, key.Pod);
        Layout.Write(bytes, NamespaceAt, key.Namespace);
        Layout.Write(bytes, KindAt, (uint)key.Kind);
    }

    protected override void WriteValue(in PolicyBits value, Span<byte> bytes) => PolicyLayout.WriteBits(value, bytes);

    protected override PolicyLabelKey ReadKey(ReadOnlySpan<byte> bytes) =>
        new((LabelKind)Layout.Read<uint>(bytes, KindAt), Layout.ReadEndpointKey(bytes), Layout.Read<uint>(bytes, PodAt), Layout.Read<uint>(bytes, NamespaceAt));

    protected override PolicyBits ReadValue(ReadOnlySpan<byte> bytes) => PolicyLayout.ReadBits(bytes);
}
