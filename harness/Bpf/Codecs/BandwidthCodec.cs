using MizarLab.DataPlane;
using MizarLab.Packets;

namespace MizarLab.Harness.Bpf.Codecs;

/// <summary>
/// struct bandwidth of bpf/edt.bpf.c. Where the limiter stands is a map of its own: a limit that is written anew forgives nothing, one that is deleted takes it
/// along. The program is loaded with the first row.
/// </summary>
internal sealed class BandwidthCodec(EgressProgram program) : TableCodec<Ipv4Address, BandwidthLimit>
{
    private Limits? limits;

    public override void Put(in Ipv4Address key, in BandwidthLimit value) => (limits ??= new Limits(program.Object.Map("bandwidth"))).Put(key, value);

    public override void Delete(in Ipv4Address key)
    {
        if (limits is not null)
        {
            limits.Delete(key);
            Span<byte> k = stackalloc byte[4];
            key.Write(k);
            program.Object.Map("pacing").Delete(k);
        }
    }

    public override IReadOnlyList<KeyValuePair<Ipv4Address, BandwidthLimit>> Rows() => limits?.Rows() ?? [];

    public override void Clear()
    {
        if (limits is not null)
        {
            limits.Clear();
            program.Object.Map("pacing").Clear();
        }
    }

    private sealed class Limits(BpfMap map) : MapCodec<Ipv4Address, BandwidthLimit>(map)
    {
        private const int HorizonAt = 8;

        protected override int KeyBytes => 4;

        protected override int ValueBytes => 16;

        protected override void WriteKey(in Ipv4Address key, Span<byte> bytes) => key.Write(bytes);

        protected override void WriteValue(in BandwidthLimit value, Span<byte> bytes)
        {
            Layout.Write(bytes, 0, value.BytesPerSecond);
            Layout.Write(bytes, HorizonAt, value.HorizonNanoseconds);
        }

        protected override Ipv4Address ReadKey(ReadOnlySpan<byte> bytes) => Ipv4Address.Read(bytes);

        protected override BandwidthLimit ReadValue(ReadOnlySpan<byte> bytes) => new(Layout.Read<ulong>(bytes, 0), Layout.Read<ulong>(bytes, HorizonAt));
    }
}
