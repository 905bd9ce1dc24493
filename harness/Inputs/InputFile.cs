namespace MizarLab.Harness.Inputs;

/// <summary>A file that a scenario or an experiment named, as it was when it was read.</summary>
/// <param name="Name">As it was named: <c>captures/web.pcapng</c>.</param>
/// <param name="Path">Where it lies.</param>
/// <param name="Sha256">Of its bytes, in lower-case hexadecimal digits.</param>
/// <param name="Bytes">How many.</param>
public sealed record InputFile(string Name, string Path, string Sha256, long Bytes);
