export function SidePanel() {
  return <section />;
}
