namespace MizarLab.Overlay;

/// <summary>Where in the user's file a thing is written; line and column count from 1.</summary>
public readonly record struct SourcePlace(string File, int Line, int Column)
{
    public override string ToString() => $"{File}:{Line}:{Column}";
}
