using System.Collections.Immutable;

namespace MizarLab.Packets.Layers;

/// <summary>ICMP. Bytes 4 to 7 are <c>id</c> and <c>seq</c>, <c>unused</c> and <c>mtu</c>, or <c>rest</c>, as the type says.</summary>
internal sealed class IcmpProtocol : Protocol
{
    private const ulong FragmentationNeeded = ((ulong)IcmpType.Unreachable << 8) | IcmpView.FragmentationNeeded;

    public override string Name => "icmp";

    public override int FixedLength => IcmpView.Length;

    public override ImmutableArray<HeaderField> Fields { get; } =
    [
        HeaderField.At("type", IcmpView.TypeOffset, 8, FieldForm.Names(
            false,
            ("echo_reply", (ulong)IcmpType.EchoReply),
            ("unreachable", (ulong)IcmpType.Unreachable),
            ("redirect", (ulong)IcmpType.Redirect),
            ("echo_request", (ulong)IcmpType.EchoRequest),
            ("time_exceeded", (ulong)IcmpType.TimeExceeded),
            ("parameter_problem", (ulong)IcmpType.ParameterProblem))) with { Always = true, Constant = (ulong)IcmpType.EchoRequest },
        HeaderField.At("code", IcmpView.CodeOffset, 8, FieldForm.Decimal),
        HeaderField.At("csum", IcmpView.ChecksumOffset, 16, FieldForm.Hex) with
        {
            Phase = FillPhase.Checksum,
            Rule = static (in LayerContext layer) => InternetChecksum.ComputeWithout(layer.Whole, IcmpView.ChecksumOffset),
        },
        HeaderField.At("id", IcmpView.IdOffset, 16, FieldForm.Hex) with { Always = true, When = IsEcho },
        HeaderField.At("seq", IcmpView.SequenceOffset, 16, FieldForm.Decimal) with { Always = true, When = IsEcho },
        HeaderField.At("unused", IcmpView.RestOffset, 16, FieldForm.Hex) with { When = static s => s == FragmentationNeeded },
        HeaderField.At("mtu", IcmpView.MtuOffset, 16, FieldForm.Decimal) with { Always = true, When = static s => s == FragmentationNeeded },
        HeaderField.At("rest", IcmpView.RestOffset, 32, FieldForm.Hex) with { When = static s => !IsEcho(s) && s != FragmentationNeeded },
    ];

    public override Protocol? Next(ReadOnlySpan<byte> header, ref DissectState state) =>
        IcmpView.TryRead(header, out IcmpView view) && view.IsError ? state.Enter("quoted ", Protocols.Ipv4) : null;

    private static bool IsEcho(ulong typeAndCode) => (IcmpType)(typeAndCode >> 8) is IcmpType.EchoRequest or IcmpType.EchoReply;
}
